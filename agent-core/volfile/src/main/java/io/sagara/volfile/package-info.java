/// GlusterFS graphs as values, without a single effect.
///
/// Read these three first: [Graph], the whole with its one renderer and its parser; [Translator], the parts,
/// some of which have rules; and [io.sagara.volfile.stack.ClientStack], which shows how a pool becomes a graph.
/// [io.sagara.volfile.option.Catalogue] turns users' options into what the stacks take.
@NullMarked
package io.sagara.volfile;

import org.jspecify.annotations.NullMarked;
