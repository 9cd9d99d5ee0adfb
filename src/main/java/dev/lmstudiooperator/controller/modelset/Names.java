package dev.lmstudiooperator.controller.modelset;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Names of the ManagedModels of a set. They depend only on their arguments: a controller that repeats a creation, or another
 * one that does the same, fails on the name and creates no second ManagedModel.
 */
final class Names {

    /** As in Kubernetes: without vowels and similar characters, so that no words appear. */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

    private static final int SUFFIX_LENGTH = 5;

    /** Longer names of pinned ManagedModels are cut, and get a hash. */
    private static final int LONGEST = 63;

    private Names() {}

    /** The name of a replica that any node may serve. */
    static String ofReplica(String setName, String setUid, int index) {
        return setName + "-" + hash(setUid + "/" + index);
    }

    /** The name of the replica of a node. */
    static String ofReplica(String setName, String nodeName) {
        String whole = setName + "-" + nodeName;
        if (whole.length() <= LONGEST) {
            return whole;
        }
        String start = whole.substring(0, LONGEST - SUFFIX_LENGTH - 1).replaceFirst("[-.]+$", "");
        return start + "-" + hash(whole);
    }

    private static String hash(String text) {
        byte[] digest;
        try {
            digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
        StringBuilder suffix = new StringBuilder();
        for (int index = 0; index < SUFFIX_LENGTH; index++) {
            suffix.append(ALPHABET.charAt((digest[index] & 0xff) % ALPHABET.length()));
        }
        return suffix.toString();
    }
}
