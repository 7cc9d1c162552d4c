// Cobrix's parser without Spark: decodes a file of fixed-length records to boxed values, or on to JSON text.
// Usage: Main COPYBOOK DATA values|json
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;
import za.co.absa.cobrix.cobol.parser.Copybook;
import za.co.absa.cobrix.cobol.parser.CopybookParser$;
import za.co.absa.cobrix.cobol.parser.ast.Group;
import za.co.absa.cobrix.cobol.parser.ast.Statement;
import za.co.absa.cobrix.cobol.reader.extractors.record.RecordExtractors$;
import za.co.absa.cobrix.cobol.reader.extractors.record.RecordHandler;

public final class Main {
  private static final double CYCLE_SECONDS = 0.5;

  // A group's values as the plainest thing Cobrix can make of them.
  private static final class Arrayed implements RecordHandler<Object> {
    public Object create(Object[] values, Group group) {
      return values;
    }

    public Seq<Object> toSeq(Object record) {
      return JavaConverters.asScalaBufferConverter(Arrays.asList((Object[]) record)).asScala().toSeq();
    }

    public void foreach(Object record, scala.Function1<Object, BoxedUnit> visit) {
      for (Object value : (Object[]) record) visit.apply(value);
    }
  }

  private final Copybook copybook;
  private final byte[][] records;
  private final boolean json;
  private final Arrayed handler = new Arrayed();
  private final ClassTag<Object> tag = ClassTag$.MODULE$.apply(Object.class);
  private final StringBuilder text = new StringBuilder();
  private long sink;

  private Main(String copybookText, byte[] data, boolean json) {
    CopybookParser$ parser = CopybookParser$.MODULE$;
    this.copybook = parser.parseTree(
        copybookText, parser.parseTree$default$2(), parser.parseTree$default$3(), parser.parseTree$default$4(),
        parser.parseTree$default$5(), parser.parseTree$default$6(), parser.parseTree$default$7(),
        parser.parseTree$default$8(), parser.parseTree$default$9(), parser.parseTree$default$10(),
        parser.parseTree$default$11(), parser.parseTree$default$12(), parser.parseTree$default$13(),
        parser.parseTree$default$14(), parser.parseTree$default$15(), parser.parseTree$default$16(),
        parser.parseTree$default$17(), parser.parseTree$default$18(), parser.parseTree$default$19());
    int size = copybook.getRecordSize();
    this.records = new byte[data.length / size][];
    for (int i = 0; i < records.length; i++) records[i] = Arrays.copyOfRange(data, i * size, (i + 1) * size);
    this.json = json;
  }

  private Seq<Object> decode(byte[] record) {
    RecordExtractors$ extractors = RecordExtractors$.MODULE$;
    return extractors.extractRecord(
        copybook.ast(), record, 0, extractors.<Object>extractRecord$default$4(), false, false, false,
        extractors.<Object>extractRecord$default$8(), 0, 0L, "", false, "", handler, tag);
  }

  private void appendGroup(Group group, Object[] values) {
    text.append('{');
    int index = 0;
    for (Statement child : JavaConverters.seqAsJavaListConverter(group.children()).asJava()) {
      if (child.isFiller()) continue;
      if (index > 0) text.append(',');
      text.append('"').append(child.name()).append("\":");
      appendValue(child, values[index++]);
    }
    text.append('}');
  }

  private void appendValue(Statement statement, Object value) {
    if (value instanceof Object[] && statement.isArray()) {
      text.append('[');
      Object[] items = (Object[]) value;
      for (int i = 0; i < items.length; i++) {
        if (i > 0) text.append(',');
        appendOne(statement, items[i]);
      }
      text.append(']');
    } else appendOne(statement, value);
  }

  private void appendOne(Statement statement, Object value) {
    if (statement instanceof Group) appendGroup((Group) statement, (Object[]) value);
    else if (value instanceof String) text.append('"').append((String) value).append('"');
    else text.append(value);
  }

  private String line(Seq<Object> decoded) {
    text.setLength(0);
    Object[] roots = JavaConverters.seqAsJavaListConverter(decoded).asJava().toArray();
    appendGroup(copybook.ast(), roots);
    return text.toString();
  }

  private double cycle() {
    long count = 0;
    double elapsed = 0;
    long start = System.nanoTime();
    while (elapsed < CYCLE_SECONDS) {
      for (byte[] record : records) {
        Seq<Object> decoded = decode(record);
        sink += json ? line(decoded).length() : decoded.size();
      }
      count += records.length;
      elapsed = (System.nanoTime() - start) / 1e9;
    }
    return count / elapsed;
  }

  public static void main(String[] arguments) throws Exception {
    String copybook = new String(Files.readAllBytes(Path.of(arguments[0])), StandardCharsets.US_ASCII);
    Main main = new Main(copybook, Files.readAllBytes(Path.of(arguments[1])), arguments[2].equals("json"));
    if (arguments.length > 3) System.err.println(main.line(main.decode(main.records[0])));
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    while (input.readLine() != null) System.out.println(main.cycle());
    if (main.sink == 0) System.err.println("nothing was decoded");
  }
}
