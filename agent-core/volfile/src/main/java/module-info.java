/// GlusterFS graphs as values: typed translators, one renderer, the stacks of every pool layout. Pure.
module io.sagara.volfile {
    requires static transitive org.jspecify;

    exports io.sagara.volfile;
    exports io.sagara.volfile.option;
    exports io.sagara.volfile.stack;
}
