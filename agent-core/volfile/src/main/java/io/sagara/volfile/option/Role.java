package io.sagara.volfile.option;

import java.util.EnumSet;
import java.util.Set;

/// The kinds of GlusterFS processes a pool has; an option may mean one of them, or several.
public enum Role {
    /// glusterfsd: serves one brick.
    BRICK,
    /// glusterfs: a mount.
    CLIENT,
    /// glusterfs: the self-heal daemon.
    HEAL,
    /// glusterfs: the quota daemon.
    QUOTA,
    /// glusterfs: moves files between sets.
    REBALANCE;

    static final Set<Role> ALL = Set.copyOf(EnumSet.allOf(Role.class));
    static final Set<Role> CONNECTING = Set.of(CLIENT, HEAL, QUOTA, REBALANCE);
    static final Set<Role> BRICKS = Set.of(BRICK);
    static final Set<Role> CLIENTS = Set.of(CLIENT);
    static final Set<Role> HEALERS = Set.of(HEAL);
}
