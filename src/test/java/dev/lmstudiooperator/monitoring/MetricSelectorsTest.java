package dev.lmstudiooperator.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricSelectorsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    up                                                                    | up
                    sum by (le, node) (rate(a_bucket{b="c{d}",e=~"f"}[$__rate_interval])) | a_bucket
                    time() - max by (node) (seen_seconds) > 180                           | seen_seconds
                    lms:ready:min{node="x"} == 0 or (b unless on (node) c) * 2            | b,c,lms:ready:min
                    """)
    void onlyNamesOfMetricsAreLeft(String query, String metrics) {
        assertThat(MetricSelectors.in(query)).containsExactly(metrics.split(","));
    }
}
