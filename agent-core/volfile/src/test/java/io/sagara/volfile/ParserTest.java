package io.sagara.volfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParserTest {
    private static final String POSIX = """
            volume p-posix
                type storage/posix
                option directory /data
                option volume-id 29df5556-4016-5447-a075-9eb4b43a516d
                option shared-brick-count 1
            end-volume
            """;
    private static final String CLIENTS = client("c-0") + client("c-1") + client("c-2");

    @Test
    void layoutCommentsCaseAndOrderDoNotMatter() {
        String untidy = """
                # made by hand
                VOLUME p-posix   # the brick
                 TYPE storage/posix
                  option volume-id 29df5556-4016-5447-a075-9eb4b43a516d option fips-mode-rchecksum on
                option "shared-brick-count" "1"
                \toption directory\t/data
                End-Volume""";

        assertThat(Graph.parse(untidy).top())
                .isInstanceOfSatisfying(
                        Posix.class, posix -> assertThat(posix.settings()).containsOnlyKeys("fips-mode-rchecksum"));
    }

    @Test
    void windowsLineEndsAreRead() {
        assertThat(Graph.parse(POSIX.replace("\n", "\r\n"))).isEqualTo(Graph.parse(POSIX));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                                     | line 1: the volfile is empty
            '# nothing'                                            | line 1: the volfile is empty
            'type x'                                               | line 1: expected volume, found 'type'
            'volume'                                               | line 1: expected the name of a translator, found the end
            'volume a;option b c'                                  | line 2: expected type, found 'option'
            'volume a;type b'                                      | line 2: expected option, subvolumes or end-volume, found the end
            'volume a;type b;option c;end-volume'                  | line 4: expected the value of option c, found 'end-volume'
            'volume a;type b;option c d;option c e;end-volume'     | line 4: option c is given twice
            'volume a;type b;subvolumes z;end-volume'              | line 3: subvolume 'z' is not defined before its use
            'volume a;type b;subvolumes;end-volume'                | line 4: expected the name of a subvolume, found 'end-volume'
            'volume a;type b;subvolumes a;end-volume'              | line 3: subvolume 'a' is not defined before its use
            'volume a;type b;end-volume'                           | line 1: b 'a': 'a' has neither options nor subvolumes
            'volume a;type b;option c d;end-volume;volume a'       | line 5: 'a' is defined twice
            'volume a;type b;option c d;end-volume;volume e;type f;option g h;end-volume' | line 1: 'a' is used by nothing
            'volume a;type b;option c "d'                          | line 3: the quoted word has no end on this line
            'volume a;type b;option c `reboot`'                    | line 3: '`reboot`' holds a backtick or a backslash
            'volume a;type b;option c "`reboot`"'                  | line 3: '`reboot`' holds a backtick or a backslash
            'volume a;type b;option c \\d'                         | line 3: '\\d' holds a backtick or a backslash
            """)
    void errorsNameTheLine(String text, String message) {
        assertThatThrownBy(() -> Graph.parse(text.replace(';', '\n')))
                .isInstanceOf(VolfileException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aSecondListOfSubvolumesIsRefused() {
        String text = POSIX + """
                volume a
                    type debug/io-stats
                    subvolumes p-posix
                    subvolumes p-posix
                end-volume
                """;

        assertRefused(text, "line 10: expected option, subvolumes or end-volume, found 'subvolumes'");
    }

    @Test
    void aDistributeWithoutLookupOptimizeOffIsRefused() {
        assertRefused(
                CLIENTS + stanza("d", "cluster/distribute", "", "c-0 c-1 c-2"),
                "line 25: cluster/distribute 'd': option lookup-optimize is missing; it must be 'off'");
        assertRefused(
                CLIENTS + stanza("d", "cluster/distribute", "option lookup-optimize on", "c-0 c-1 c-2"),
                "line 25: cluster/distribute 'd': option lookup-optimize is 'on'; it must be 'off'");
    }

    @Test
    void aPendingAttributeThatDoesNotMatchTheBricksIsRefused() {
        String options = """
                option afr-pending-xattr c-1,c-0
                    option volume-id 29df5556-4016-5447-a075-9eb4b43a516d""";

        assertRefused(
                client("c-0") + client("c-1") + stanza("r", "cluster/replicate", options, "c-0 c-1"),
                "line 17: cluster/replicate 'r': option afr-pending-xattr is 'c-1,c-0'; it must be 'c-0,c-1'");
    }

    @Test
    void aThinArbiterMustBeAClientAndTheLast() {
        String options = """
                option afr-pending-xattr c-0,c-1
                    option volume-id 29df5556-4016-5447-a075-9eb4b43a516d
                    option thin-arbiter 10.0.0.1:/bricks/p/0""";
        String layer = stanza("l", "debug/io-stats", "", "c-2");

        assertRefused(
                CLIENTS + layer + stanza("r", "cluster/replicate", options, "c-0 c-1 l"),
                "line 29: cluster/replicate 'r': the last subvolume is the thin arbiter and must be a protocol/client");
        assertRefused(
                stanza("r", "cluster/replicate", options, ""),
                "line 1: cluster/replicate 'r': the last subvolume is the thin arbiter and must be a protocol/client");
    }

    @Test
    void missingAndImpossibleOptionsAreNamed() {
        assertRefused(
                stanza("c", "protocol/client", "option remote-host h", ""),
                "line 1: protocol/client 'c': option remote-port is missing");
        assertRefused(
                client("c").replace("24100", "many"),
                "line 1: protocol/client 'c': option remote-port is 'many'; it must be a number");
        assertRefused(
                client("c").replace("24100", "024100"),
                "line 1: protocol/client 'c': option remote-port is '024100'; it must be '24100'");
        assertRefused(
                POSIX.replace("29df5556-4016-5447-a075-9eb4b43a516d", "nonsense"),
                "line 1: storage/posix 'p-posix': Invalid UUID string: nonsense");
    }

    @Test
    void aLeafWithSubvolumesIsRefused() {
        String both = client("c-0") + client("c-1").replace("end-volume", "    subvolumes c-0\nend-volume");

        assertRefused(both, "line 9: protocol/client 'c-1': it cannot have subvolumes");
    }

    @Test
    void aServerServesOneBrick() {
        String server = stanza("s", "protocol/server", "option transport-type tcp", "c-0 c-1 c-2");

        assertRefused(CLIENTS + server, "line 25: protocol/server 's': it has 3 subvolumes; it must have one");
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> Graph.parse(text))
                .isInstanceOf(VolfileException.class)
                .hasMessage(message);
    }

    private static String client(String name) {
        return """
                volume %s
                    type protocol/client
                    option transport-type tcp
                    option transport.address-family inet
                    option remote-host 10.0.0.1
                    option remote-port 24100
                    option remote-subvolume /bricks/p/0
                end-volume
                """.formatted(name);
    }

    private static String stanza(String name, String type, String options, String below) {
        return "volume " + name + "\n    type " + type + "\n"
                + (options.isEmpty() ? "" : "    " + options + "\n")
                + (below.isEmpty() ? "" : "    subvolumes " + below + "\n")
                + "end-volume\n";
    }
}
