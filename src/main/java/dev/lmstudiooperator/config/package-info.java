/** The operator's configuration: typed, documented, and refused at start when it makes no sense. */
@NullMarked
package dev.lmstudiooperator.config;

import org.jspecify.annotations.NullMarked;
