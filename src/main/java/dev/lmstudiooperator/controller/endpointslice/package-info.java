/** Publishes verified instances as endpoints of Services: plans EndpointSlices, and writes them. */
@NullMarked
package dev.lmstudiooperator.controller.endpointslice;

import org.jspecify.annotations.NullMarked;
