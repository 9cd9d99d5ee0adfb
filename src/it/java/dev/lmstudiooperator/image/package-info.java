/**
 * Tests of the container image. The tests unpack it with tools other than the one that built it, and run it with the
 * Pod specs of {@code k8s/}. {@code make image-test} builds an image and runs these tests. They are not part of {@code
 * make test}, because they require root and a container runtime.
 */
@NullMarked
package dev.lmstudiooperator.image;

import org.jspecify.annotations.NullMarked;
