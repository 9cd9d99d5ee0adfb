@NullMarked
package dev.lmstudiooperator.logging;

import org.jspecify.annotations.NullMarked;
