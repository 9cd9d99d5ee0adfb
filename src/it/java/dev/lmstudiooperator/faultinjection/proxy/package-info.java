/** A proxy between an operator and a real API server. It parses the traffic and injects faults on demand. */
@NullMarked
package dev.lmstudiooperator.faultinjection.proxy;

import org.jspecify.annotations.NullMarked;
