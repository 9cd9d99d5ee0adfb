@NullMarked
package dev.lmstudiooperator.config;

import org.jspecify.annotations.NullMarked;
