package dev.lmstudiooperator.faultinjection;

/**
 * A fault to inject.
 *
 * @param at the number of the point among the points of the same kind; the first is 1
 */
record FaultInjection(FaultType type, int at) {

    static FaultInjection of(String text) {
        String[] parts = text.split("@", -1);
        return new FaultInjection(FaultType.of(parts[0]), Integer.parseInt(parts[1]));
    }

    /** Whether both have the same point. Only one fault can be injected at a point. */
    boolean hasSamePointAs(FaultInjection other) {
        return at == other.at && type.point() == other.type.point();
    }

    @Override
    public String toString() {
        return type.text() + "@" + at;
    }
}
