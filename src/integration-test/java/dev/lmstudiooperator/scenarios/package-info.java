/** The catalogue of failures that the operator as a whole is known to survive. */
@org.jspecify.annotations.NullMarked
package dev.lmstudiooperator.scenarios;
