package dev.lmstudiooperator.campaign;

/** A fault at the n-th point of its kind; the first is 1. */
record Strike(Disturbance disturbance, int at) {

    static Strike of(String text) {
        String[] parts = text.split("@", -1);
        return new Strike(Disturbance.of(parts[0]), Integer.parseInt(parts[1]));
    }

    /** Of two faults at the same point only one can be injected. */
    boolean isAtThePointOf(Strike other) {
        return at == other.at && disturbance.point() == other.disturbance.point();
    }

    @Override
    public String toString() {
        return disturbance.text() + "@" + at;
    }
}
