/// The account of a pool: who was promised how much of it.
///
/// A [io.sagara.agent.account.Ledger] keeps it in `stat.db`, an SQLite file in the root of the pool with
/// Kadalu's tables, so that tools which read those go on working. The info files of the volumes are the truth
/// and this file is the account of it: it can be lost and is rebuilt. [io.sagara.agent.account.Reconciliation]
/// says where the two differ.
///
/// The only package that names SQLite.
@NullMarked
package io.sagara.agent.account;

import org.jspecify.annotations.NullMarked;
