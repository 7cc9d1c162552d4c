// LMAX Disruptor, one producer and one consumer, both busy spinning, 64-byte messages copied into preallocated slots.
// Usage: Main BATCH (messages claimed and published together)
import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import java.io.BufferedReader;
import java.io.InputStreamReader;

public final class Main {
  private static final int SLOTS = 1 << 14;
  private static final int MESSAGES = 5_000_000;

  private static final class Message {
    final byte[] bytes = new byte[64];
  }

  private static final class Counter implements EventHandler<Message> {
    volatile long seen;
    private long count;
    private long sum;

    public void onEvent(Message message, long sequence, boolean endOfBatch) {
      sum += message.bytes[0] + message.bytes[63];
      count++;
      if (endOfBatch) seen = count;
    }
  }

  private final RingBuffer<Message> ring =
      RingBuffer.createSingleProducer(Message::new, SLOTS, new BusySpinWaitStrategy());
  private final Counter counter = new Counter();
  private final byte[] source = new byte[64];
  private final int batch;
  private final BatchEventProcessor<Message> processor =
      new BatchEventProcessorBuilder().build(ring, ring.newBarrier(), counter);

  private Main(int batch) {
    this.batch = batch;
    ring.addGatingSequences(processor.getSequence());
  }

  private void publishBatch() {
    long last = ring.next(batch);
    for (long sequence = last - batch + 1; sequence <= last; sequence++) {
      System.arraycopy(source, 0, ring.get(sequence).bytes, 0, source.length);
    }
    ring.publish(last - batch + 1, last);
  }

  // The consumer spins for this cycle only, or it would take a core from whoever is measured next.
  private double cycle() throws InterruptedException {
    Thread consumer = new Thread(processor, "consumer");
    consumer.start();
    long target = counter.seen + MESSAGES / batch * (long) batch;
    while (!processor.isRunning()) Thread.onSpinWait();
    long start = System.nanoTime();
    for (int i = 0; i < MESSAGES / batch; i++) publishBatch();
    while (counter.seen < target) Thread.onSpinWait();
    double rate = MESSAGES / batch * (double) batch / ((System.nanoTime() - start) / 1e9);
    processor.halt();
    consumer.join();
    return rate;
  }

  public static void main(String[] arguments) throws Exception {
    Main main = new Main(Integer.parseInt(arguments[0]));
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    while (input.readLine() != null) System.out.println(main.cycle());
  }
}
