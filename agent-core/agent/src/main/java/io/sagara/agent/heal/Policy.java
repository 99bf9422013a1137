package io.sagara.agent.heal;

import java.util.List;

/// Which copy of a file in split brain is taken for the right one.
public sealed interface Policy {
    /// The larger one.
    record BiggerFile() implements Policy {
        @Override
        public List<String> arguments(String file) {
            return List.of("bigger-file", file);
        }
    }

    /// The one that was changed last.
    record LatestMtime() implements Policy {
        @Override
        public List<String> arguments(String file) {
            return List.of("latest-mtime", file);
        }
    }

    /// That of one brick. `index`: of it. `address`, `name`: as clients know it.
    record SourceBrick(int index, String address, String name) implements Policy {
        @Override
        public List<String> arguments(String file) {
            return List.of("source-brick", address + ":" + name, file);
        }
    }

    /// glfsheal's arguments.
    List<String> arguments(String file);

    /// Whether it can decide for a file.
    default boolean fits(SplitFile file) {
        return !(this instanceof SourceBrick(int index, String _, String _))
                || file.bricks().contains(index);
    }
}
