/** LM Studio's HTTP API, as far as it bears witness: what it lists, and whether an instance answers. */
@NullMarked
package dev.lmstudiooperator.lmstudio.http;

import org.jspecify.annotations.NullMarked;
