@NullMarked
package dev.lmstudiooperator.observability.log;

import org.jspecify.annotations.NullMarked;
