package dev.lmstudiooperator.simulator.state;

import java.io.IOException;

/** A TCP port on the loopback interface that can be opened and closed. */
public interface Port {

    /** Listens on the port; 0 for the previous one, or any free one. Does nothing if the port is already open. */
    void open(int number) throws IOException;

    /** Closes the port. It refuses connections from now on. */
    void close();

    boolean isOpen();

    /** Returns the port in use, or the previous one; 0 if there was none. */
    int number();
}
