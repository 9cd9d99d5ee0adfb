package dev.lmstudiooperator.controller.reachability;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/** Writes IPv6 addresses in the canonical form of RFC 5952, as Kubernetes expects them. */
final class Ipv6Text {

    private static final int GROUPS = 8;

    private Ipv6Text() {}

    /** @param bytes the 16 bytes of an address */
    static String of(byte[] bytes) {
        List<String> groups = IntStream.range(0, GROUPS)
                .mapToObj(i -> HexFormat.of().formatHex(bytes, 2 * i, 2 * i + 2).replaceFirst("^0{1,3}", ""))
                .toList();
        int begin = 0;
        int length = 0;
        for (int i = 0; i < GROUPS; i++) {
            int zeros = zerosFrom(groups, i);
            if (zeros > length) {
                begin = i;
                length = zeros;
            }
        }
        if (length < 2) {
            return String.join(":", groups);
        }
        List<String> before = new ArrayList<>(groups.subList(0, begin));
        List<String> after = groups.subList(begin + length, GROUPS);
        return String.join(":", before) + "::" + String.join(":", after);
    }

    private static int zerosFrom(List<String> groups, int index) {
        return (int) groups.stream().skip(index).takeWhile("0"::equals).count();
    }
}
