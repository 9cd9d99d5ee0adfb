package dev.lmstudiooperator.operator;

import static java.lang.management.ManagementFactory.newPlatformMXBeanProxy;

import com.sun.management.UnixOperatingSystemMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.PlatformManagedObject;
import java.lang.management.ThreadMXBean;
import java.util.stream.LongStream;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Inspects the JVM of an agent from outside. The agent needs no option for that. The connection uses a few threads and
 * descriptors of the agent. Their number is about constant while the connection is open.
 */
final class AgentJvm implements AutoCloseable {

    /** The default of {@code MarkSweepAlwaysCompactCount} in Java. */
    private static final int COLLECTIONS_UNTIL_COMPACT = 4;

    private final JMXConnector connector;
    private final MemoryMXBean memory;
    private final ThreadMXBean threads;
    private final UnixOperatingSystemMXBean system;

    private AgentJvm(JMXConnector connector) throws IOException {
        this.connector = connector;
        MBeanServerConnection connection = connector.getMBeanServerConnection();
        memory = bean(connection, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
        threads = bean(connection, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
        system = bean(connection, ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME, UnixOperatingSystemMXBean.class);
    }

    /** Connects to a process of the same user. */
    @SuppressWarnings("BanJNDI") // The peer is the process that the benchmark started on this machine.
    static AgentJvm of(long pid) {
        try {
            return new AgentJvm(JMXConnectorFactory.connect(new JMXServiceURL(managementAddress(pid))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String managementAddress(long pid) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
            try {
                return machine.startLocalManagementAgent();
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("Process " + pid + " does not allow the attach", e);
        }
    }

    private static <T extends PlatformManagedObject> T bean(
            MBeanServerConnection connection, String name, Class<T> type) throws IOException {
        return newPlatformMXBeanProxy(connection, name, type);
    }

    /**
     * Returns the reachable bytes. Three of four full collections leave gaps between objects, and the gaps count as
     * used.
     */
    long heapBytes() {
        return LongStream.generate(this::bytesAfterCollection)
                .limit(COLLECTIONS_UNTIL_COMPACT)
                .min()
                .orElseThrow();
    }

    private long bytesAfterCollection() {
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    int liveThreads() {
        return threads.getThreadCount();
    }

    long openDescriptors() {
        return system.getOpenFileDescriptorCount();
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
