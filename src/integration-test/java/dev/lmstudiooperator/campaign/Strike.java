package dev.lmstudiooperator.campaign;

/** A disturbance at the n-th of what it counts; the first is 1. */
record Strike(Disturbance disturbance, int at) {

    static Strike of(String text) {
        String[] parts = text.split("@", -1);
        return new Strike(Disturbance.of(parts[0]), Integer.parseInt(parts[1]));
    }

    /** Only one of two at the same point can strike. */
    boolean isAtThePointOf(Strike other) {
        return at == other.at && disturbance.point() == other.disturbance.point();
    }

    @Override
    public String toString() {
        return disturbance.text() + "@" + at;
    }
}
