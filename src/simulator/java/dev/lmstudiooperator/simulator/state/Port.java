package dev.lmstudiooperator.simulator.state;

import java.io.IOException;

/** A TCP port on the loopback interface that really opens and closes. */
public interface Port {

    /** Listens on the port, 0 for the last one or any free one; nothing happens when it already does. */
    void open(int number) throws IOException;

    /** From now on connections are refused. */
    void close();

    boolean isOpen();

    /** The port in use, or the last one; 0 when there was none. */
    int number();
}
