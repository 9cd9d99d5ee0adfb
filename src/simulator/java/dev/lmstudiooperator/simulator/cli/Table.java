package dev.lmstudiooperator.simulator.cli;

import java.util.List;

/** A table for terminals. Columns are as wide as their widest cell, with four blanks between them. */
final class Table {

    private Table() {}

    static String of(List<List<String>> rows) {
        var text = new StringBuilder();
        for (var row : rows) {
            for (int column = 0; column < row.size(); column++) {
                var cell = row.get(column);
                text.append(cell).repeat(' ', width(rows, column) - cell.length());
                text.append(column < row.size() - 1 ? "    " : "\n");
            }
        }
        return text.toString();
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
