/// The GlusterFS options a user may set on a pool, under the names of `gluster volume set`. Read
/// [io.sagara.volfile.option.Catalogue] first: it turns a map of strings into
/// [io.sagara.volfile.option.Settings], or says what is wrong. Keys, ranges and defaults are those of the
/// option tables in the translators of GlusterFS 10.3.
@NullMarked
package io.sagara.volfile.option;

import org.jspecify.annotations.NullMarked;
