package io.sagara.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TableTest {
    @Test
    void columnsAreAligned() {
        Table table = new Table("NAME", "SIZE", "X");
        table.add("a", "1 GiB", "");
        table.add("größer-als", "", "y");

        assertThat(table).hasToString("""
                NAME        SIZE   X
                a           1 GiB  -
                größer-als  -      y
                """);
    }

    @Test
    void aRowHasACellForEachColumn() {
        assertThatThrownBy(() -> new Table("A", "B").add("only one")).isInstanceOf(IllegalArgumentException.class);
    }
}
