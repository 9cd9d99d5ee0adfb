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
 * The virtual machine of an agent, looked into from outside. The agent needs no option for that. The connection takes a few
 * threads and descriptors of the agent's own, about the same ones for as long as it is open.
 */
final class AgentJvm implements AutoCloseable {

    /** Java's {@code MarkSweepAlwaysCompactCount}. */
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

    /** Of a process of the same user. */
    @SuppressWarnings("BanJNDI") // What answers is the process that the benchmark has started itself, on this machine.
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
            throw new IOException("Process " + pid + " lets nobody look into it", e);
        }
    }

    private static <T extends PlatformManagedObject> T bean(
            MBeanServerConnection connection, String name, Class<T> type) throws IOException {
        return newPlatformMXBeanProxy(connection, name, type);
    }

    /** What is reachable: three of four full collections leave gaps between the objects, which count as used. */
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
