import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.*;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.*;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.*;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.*;

/**
 * A source of guiji's connector {@code command} over any JDBC driver. Environment: JDBC_URL,
 * JDBC_USER, JDBC_PASSWORD, and JDBC_SCHEMA where tables of one schema are meant.
 *
 * <p>Each part is a process and a session of its own, so parts do not share one moment: ask for
 * one part where that matters. SIGTERM cancels the statement and closes the session.
 */
public final class JdbcSource {
  static final ObjectMapper JSON = new ObjectMapper();
  final Connection connection;
  final String schema = System.getenv("JDBC_SCHEMA");
  volatile Statement running;

  /** The end of the program with one of the exit codes of the contract. */
  static final class Ended extends RuntimeException {
    final int code;

    Ended(int code, String said) {
      super(said);
      this.code = code;
    }
  }

  record Column(String name, String type, String arrow, int jdbc, boolean nullable, boolean indexed) {
    ObjectNode json() {
      return JSON.createObjectNode().put("name", name).put("type", type).put("arrow", arrow).put("nullable", nullable).put("indexed", indexed);
    }

    String kind() {
      return switch (jdbc) {
        case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> "number";
        case Types.DATE -> "day";
        case Types.TIMESTAMP -> "time";
        default -> null;
      };
    }
  }

  JdbcSource() {
    try {
      connection = DriverManager.getConnection(System.getenv("JDBC_URL"), System.getenv("JDBC_USER"), System.getenv("JDBC_PASSWORD"));
      connection.setAutoCommit(false); // drivers stream within a transaction only
      connection.setReadOnly(true);
    } catch (SQLException e) {
      boolean refused = e.getSQLState() != null && e.getSQLState().startsWith("28");
      throw new Ended(refused ? 5 : 4, "cannot connect: SQL state " + e.getSQLState());
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
  }

  void close() {
    try {
      Statement s = running;
      if (s != null) s.cancel();
    } catch (SQLException ignored) { // the session ends in any case
    }
    try {
      connection.close();
    } catch (SQLException ignored) {
    }
  }

  static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  static String arrow(int jdbc, int size, int digits) {
    return switch (jdbc) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> "int64";
      case Types.FLOAT, Types.REAL, Types.DOUBLE -> "float64";
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> "binary";
      case Types.DECIMAL, Types.NUMERIC -> size >= 1 && size <= 38 && digits >= 0 && digits <= size ? "decimal128(" + size + "," + digits + ")" : "utf8";
      default -> "utf8";
    };
  }

  List<Column> columns(String table) throws SQLException {
    DatabaseMetaData meta = connection.getMetaData();
    Set<String> indexed = new HashSet<>();
    try (ResultSet r = meta.getIndexInfo(null, schema, table, false, true)) {
      while (r.next()) if (r.getInt("ORDINAL_POSITION") == 1) indexed.add(r.getString("COLUMN_NAME"));
    }
    List<Column> out = new ArrayList<>();
    try (ResultSet r = meta.getColumns(null, schema, escaped(table), "%")) {
      while (r.next()) {
        if (!r.getString("TABLE_NAME").equals(table)) continue;
        int jdbc = r.getInt("DATA_TYPE");
        out.add(new Column(r.getString("COLUMN_NAME"), r.getString("TYPE_NAME"), arrow(jdbc, r.getInt("COLUMN_SIZE"), r.getInt("DECIMAL_DIGITS")), jdbc,
            r.getInt("NULLABLE") != DatabaseMetaData.columnNoNulls, indexed.contains(r.getString("COLUMN_NAME"))));
      }
    }
    if (out.isEmpty()) throw new Ended(2, "no table " + table);
    return out;
  }

  /** Names are patterns in JDBC's metadata. */
  String escaped(String name) throws SQLException {
    String e = connection.getMetaData().getSearchStringEscape();
    return name.replace(e, e + e).replace("_", e + "_").replace("%", e + "%");
  }

  List<String> key(String table) throws SQLException {
    SortedMap<Integer, String> key = new TreeMap<>();
    try (ResultSet r = connection.getMetaData().getPrimaryKeys(null, schema, table)) {
      while (r.next()) key.put(r.getInt("KEY_SEQ"), r.getString("COLUMN_NAME"));
    }
    return new ArrayList<>(key.values());
  }

  List<Column> chosen(String table, JsonNode names) throws SQLException {
    List<Column> all = columns(table), out = new ArrayList<>();
    if (names != null) {
      for (JsonNode n : names) {
        out.add(all.stream().filter(c -> c.name().equals(n.asText())).findFirst().orElseThrow(() -> new Ended(2, "no column " + n.asText())));
      }
    }
    return out;
  }

  Column one(String table, String name) throws SQLException {
    return chosen(table, JSON.createArrayNode().add(name)).get(0);
  }

  ArrayNode discover(String[] names) throws SQLException {
    List<String> tables = new ArrayList<>(Arrays.asList(names));
    if (tables.isEmpty()) {
      try (ResultSet r = connection.getMetaData().getTables(null, schema, "%", new String[] {"TABLE", "BASE TABLE", "VIEW"})) {
        while (r.next()) if (!"INFORMATION_SCHEMA".equalsIgnoreCase(r.getString("TABLE_SCHEM"))) tables.add(r.getString("TABLE_NAME"));
      }
      Collections.sort(tables);
    }
    ArrayNode out = JSON.createArrayNode();
    for (String t : tables) {
      ObjectNode o = out.addObject().put("name", t).put("comment", "");
      o.putNull("rows");
      o.set("key", JSON.valueToTree(key(t)));
      columns(t).forEach(c -> o.withArray("columns").add(c.json()));
    }
    return out;
  }

  /** Conditions of the question's window and part; args takes their values. */
  String where(JsonNode q, List<Object> args) throws SQLException {
    List<String> conditions = new ArrayList<>();
    String table = q.get("table").asText();
    JsonNode w = q.get("window");
    if (w != null && !w.isNull()) {
      Column c = one(table, w.get("column").asText());
      if (c.kind() == null) throw new Ended(2, c.name() + " is no cursor");
      for (String[] end : new String[][] {{"from", ">="}, {"to", "<="}}) {
        if (!w.path(end[0]).asText("").isEmpty()) {
          conditions.add("(" + quote(c.name()) + " " + end[1] + " ? OR " + quote(c.name()) + " IS NULL)");
          args.add(bound(c, w.get(end[0]).asText()));
        }
      }
    }
    JsonNode spec = q.path("part").path("spec");
    for (String[] end : new String[][] {{"from", ">="}, {"below", "<"}}) {
      if (spec.hasNonNull(end[0])) {
        conditions.add(quote(spec.get("column").asText()) + " " + end[1] + " ?");
        args.add(spec.get(end[0]).asLong());
      }
    }
    return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
  }

  static Object bound(Column c, String text) {
    try {
      return switch (c.kind()) {
        case "number" -> Long.valueOf(text);
        case "day" -> java.sql.Date.valueOf(LocalDate.parse(text));
        default -> Timestamp.valueOf(text);
      };
    } catch (RuntimeException e) {
      throw new Ended(2, "a bound of " + c.name() + " cannot be read");
    }
  }

  /** Ranges of a single whole-numbered key; the outer ones have no end, so that no row is left out. */
  ArrayNode parts(JsonNode q) throws SQLException {
    ArrayNode out = JSON.createArrayNode();
    String table = q.get("table").asText();
    List<String> key = key(table);
    int wanted = q.path("parts").asInt(1);
    if (wanted > 1 && q.path("limit").asLong() == 0 && key.size() == 1 && "number".equals(one(table, key.get(0)).kind())) {
      String k = quote(key.get(0));
      try (Statement s = connection.createStatement(); ResultSet r = s.executeQuery("SELECT min(" + k + "), max(" + k + ") FROM " + quote(table))) {
        r.next();
        long low = r.getLong(1), high = r.getLong(2);
        double step = ((double) high - low) / wanted;
        for (int i = 0; step >= 1 && i < wanted; i++) {
          ObjectNode part = out.addObject().put("id", String.format("p%02d", i));
          ObjectNode spec = part.putObject("spec").put("column", key.get(0));
          if (i > 0) spec.put("from", low + (long) (step * i));
          if (i < wanted - 1) spec.put("below", low + (long) (step * (i + 1)));
        }
      }
    }
    if (out.isEmpty()) out.addObject().put("id", "all");
    return out;
  }

  ObjectNode snapshot(JsonNode q) throws SQLException {
    ObjectNode o = JSON.createObjectNode();
    where(q, new ArrayList<>()); // a window that cannot be is refused at once
    o.putArray("columns").addAll(chosen(q.get("table").asText(), q.get("columns")).stream().map(Column::json).toList());
    o.putArray("key").addAll(chosen(q.get("table").asText(), q.get("key")).stream().map(Column::json).toList());
    ArrayNode parts = parts(q);
    o.set("parts", parts);
    o.put("consistent", parts.size() == 1);
    o.putArray("can").add("cursor").add("keys");
    return o;
  }

  ObjectNode cursor(JsonNode q) throws SQLException {
    Column c = one(q.get("table").asText(), q.get("cursor").asText());
    if (c.kind() == null) throw new Ended(2, c.name() + " is no cursor");
    String n = quote(c.name());
    try (Statement s = connection.createStatement();
        ResultSet r = s.executeQuery("SELECT max(" + n + "), count(*), count(" + n + "), CURRENT_TIMESTAMP FROM " + quote(q.get("table").asText()))) {
      r.next();
      String now = text(r.getTimestamp(4));
      return JSON.createObjectNode().put("kind", c.kind()).put("max", r.getObject(1) == null ? "" : text(value(r, 1, c)))
          .put("now", c.kind().equals("number") ? "" : c.kind().equals("day") ? now.substring(0, 10) : now)
          .put("nulls", r.getLong(2) > r.getLong(3)).put("indexed", c.indexed());
    }
  }

  static Object value(ResultSet r, int at, Column c) throws SQLException {
    return switch (c.jdbc()) {
      case Types.DATE -> r.getDate(at);
      case Types.TIMESTAMP -> r.getTimestamp(at);
      default -> r.getObject(at);
    };
  }

  static String text(Object v) {
    if (!(v instanceof Timestamp t)) return v.toString();
    String whole = t.toLocalDateTime().format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss"));
    return t.getNanos() == 0 ? whole : whole + String.format(".%09d", t.getNanos()).replaceAll("0+$", "");
  }

  /** Writes an Arrow IPC stream; end() puts the closing mark. */
  void stream(JsonNode q, JsonNode names) throws Exception {
    String table = q.get("table").asText();
    List<Column> columns = chosen(table, names);
    List<Object> args = new ArrayList<>();
    String query = "SELECT " + String.join(", ", columns.stream().map(c -> quote(c.name())).toList()) + " FROM " + quote(table) + where(q, args);
    List<String> key = key(table);
    if (!key.isEmpty()) query += " ORDER BY " + String.join(", ", key.stream().map(JdbcSource::quote).toList());
    int most = q.get("batch_rows").asInt();
    long left = q.path("limit").asLong() > 0 ? q.get("limit").asLong() : Long.MAX_VALUE;
    Schema schema = new Schema(columns.stream().map(c -> Field.nullable(c.name(), type(c.arrow()))).toList());
    try (RootAllocator memory = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, memory);
        PreparedStatement s = connection.prepareStatement(query, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
        ArrowStreamWriter out = new ArrowStreamWriter(root, null, new BufferedOutputStream(System.out, 1 << 18))) {
      s.setFetchSize(most);
      for (int i = 0; i < args.size(); i++) s.setObject(i + 1, args.get(i));
      running = s;
      out.start();
      try (ResultSet r = s.executeQuery()) {
        int row = 0;
        while (left-- > 0 && r.next()) {
          for (int i = 0; i < columns.size(); i++) set(root.getVector(i), row, r, i + 1, columns.get(i));
          if (++row == most) row = flush(root, out, row);
        }
        if (row > 0) flush(root, out, row);
      }
      running = null;
      out.end();
    }
  }

  static int flush(VectorSchemaRoot root, ArrowStreamWriter out, int rows) throws Exception {
    root.setRowCount(rows);
    out.writeBatch();
    root.allocateNew();
    return 0;
  }

  static ArrowType type(String arrow) {
    if (arrow.startsWith("decimal128")) {
      String[] n = arrow.substring(11, arrow.length() - 1).split(",");
      return new ArrowType.Decimal(Integer.parseInt(n[0]), Integer.parseInt(n[1]), 128);
    }
    return switch (arrow) {
      case "int64" -> new ArrowType.Int(64, true);
      case "float64" -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case "binary" -> ArrowType.Binary.INSTANCE;
      default -> ArrowType.Utf8.INSTANCE;
    };
  }

  static void set(FieldVector v, int row, ResultSet r, int at, Column c) throws SQLException {
    if (v instanceof VarBinaryVector b) {
      byte[] bytes = r.getBytes(at);
      if (bytes != null) b.setSafe(row, bytes);
      else b.setNull(row);
      return;
    }
    Object o = c.jdbc() == Types.CLOB ? r.getString(at) : value(r, at, c);
    if (o == null) v.setNull(row);
    else if (v instanceof BigIntVector n) n.setSafe(row, ((Number) o).longValue());
    else if (v instanceof Float8Vector f) f.setSafe(row, ((Number) o).doubleValue());
    else if (v instanceof DecimalVector d) d.setSafe(row, ((BigDecimal) o).setScale(d.getScale()));
    else ((VarCharVector) v).setSafe(row, text(o).getBytes(StandardCharsets.UTF_8));
  }

  static int answer(String[] args) throws Exception {
    JdbcSource source = new JdbcSource();
    JsonNode q = args[0].equals("discover") ? null : JSON.readTree(args[1]);
    JsonNode said = null;
    switch (args[0]) {
      case "discover" -> said = source.discover(Arrays.copyOfRange(args, 1, args.length));
      case "snapshot" -> said = source.snapshot(q);
      case "cursor" -> said = source.cursor(q);
      case "keys" -> {
        ((ObjectNode) q).remove("window");
        source.stream(q, q.get("key"));
      }
      case "read" -> source.stream(q, q.get("columns"));
      default -> throw new Ended(2, "no verb " + args[0]);
    }
    if (said != null) System.out.write(JSON.writeValueAsBytes(said));
    System.out.flush();
    return 0;
  }

  public static void main(String[] args) {
    int code;
    try {
      code = answer(args);
    } catch (Ended e) {
      System.err.println(e.getMessage());
      code = e.code;
    } catch (SQLException e) { // its text may hold a value
      System.err.println("SQL state " + e.getSQLState());
      code = 1;
    } catch (Exception e) {
      System.err.println(e.getClass().getSimpleName());
      code = 1;
    }
    System.exit(code);
  }
}
