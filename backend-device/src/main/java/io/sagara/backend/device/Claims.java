package io.sagara.backend.device;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps two bricks of different pools from working on one device at the same time. Never waits.
final class Claims {
    private final Map<String, String> holders = new ConcurrentHashMap<>();

    /// What one call holds until it is closed.
    final class Held implements AutoCloseable {
        private final String who;
        private final List<String> things = new ArrayList<>();

        private Held(String who) {
            this.who = who;
        }

        /// Throws BUSY where another brick holds it.
        void take(String thing) {
            String holder = holders.putIfAbsent(thing, who);
            if (holder == null) {
                things.add(thing);
            } else if (!holder.equals(who)) {
                throw new StorageException(
                        Problem.BUSY, thing + " is being attached as another unit (" + holder + "); repeat this later");
            }
        }

        @Override
        public void close() {
            things.forEach(holders::remove);
        }
    }

    Held by(Unit unit) {
        return new Held("pool " + unit.pool().name() + ", unit " + unit.brick().index());
    }
}
