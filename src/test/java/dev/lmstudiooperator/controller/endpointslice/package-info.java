/** Tests of the plans for EndpointSlices, and their samples. */
@NullMarked
package dev.lmstudiooperator.controller.endpointslice;

import org.jspecify.annotations.NullMarked;
