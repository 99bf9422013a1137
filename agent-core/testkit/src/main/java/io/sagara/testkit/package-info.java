/// Tests and fakes for whoever writes a storage backend; needs the SPI and JUnit, and no root, GlusterFS or
/// Sagara agent.
///
/// A backend's test extends [BackendContract], which checks all three roles. Whoever replaces one role alone
/// may implement [VolfilesContract], [BricksContract] or [ProvisioningContract]. [FakeHost] lends the fakes;
/// each of its parts can be replaced by a real one.
///
/// The fakes keep what they hold in a directory the test gives them or in memory, may be used from any thread,
/// and never wait.
@NullMarked
package io.sagara.testkit;

import org.jspecify.annotations.NullMarked;
