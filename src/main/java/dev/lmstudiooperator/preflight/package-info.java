/** From a process to a working operator: waits for the API server and the CRD, and says what to do when they are wrong. */
@NullMarked
package dev.lmstudiooperator.preflight;

import org.jspecify.annotations.NullMarked;
