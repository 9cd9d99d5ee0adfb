/**
 * The container image: unpacked by other tools than the one that made it, and run as the Pods of {@code k8s/} would run it.
 * {@code make image-test} makes one and runs these; they are no part of {@code make test}, since they need root and a container
 * runtime.
 */
@NullMarked
package dev.lmstudiooperator.image;

import org.jspecify.annotations.NullMarked;
