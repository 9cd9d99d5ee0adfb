package dev.lmstudiooperator.campaign;

/** A disturbance at the n-th of what it counts; the first is 1. */
record Strike(Disturbance disturbance, int at) {

    static Strike of(String text) {
        String[] parts = text.split("@", -1);
        return new Strike(Disturbance.of(parts[0]), Integer.parseInt(parts[1]));
    }

    @Override
    public String toString() {
        return disturbance.text() + "@" + at;
    }
}
