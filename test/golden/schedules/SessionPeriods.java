import java.io.PrintWriter;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Writes periods.csv and moments.csv by java.time: java SessionPeriods.java, in this folder. */
public class SessionPeriods {
    static final String[] ZONES = {"UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Sao_Paulo",
        "America/Santiago", "Asia/Beirut", "Asia/Kolkata", "Asia/Tehran", "Africa/Casablanca", "Australia/Lord_Howe",
        "Pacific/Apia"};
    static final int FIRST_YEAR = 2011;
    static final int LAST_YEAR = 2020;

    /** Days on which a period starts, its start, and how many days later its end is. */
    record Schedule(String name, Set<DayOfWeek> days, LocalTime start, LocalTime end, int endDays) {}

    record Period(long start, long end) {}

    static final Set<DayOfWeek> ALL = Set.of(DayOfWeek.values());
    static final Schedule[] SCHEDULES = {
        new Schedule("day", ALL, LocalTime.of(8, 0), LocalTime.of(17, 0), 0),
        new Schedule("around", ALL, LocalTime.of(2, 30), LocalTime.of(2, 30), 1),
        new Schedule("night", Set.of(DayOfWeek.SUNDAY, DayOfWeek.MONDAY, DayOfWeek.TUESDAY, DayOfWeek.WEDNESDAY,
            DayOfWeek.THURSDAY), LocalTime.of(23, 30), LocalTime.of(1, 15, 30), 1),
        new Schedule("week", Set.of(DayOfWeek.SUNDAY), LocalTime.of(17, 5), LocalTime.of(16, 55), 5),
        new Schedule("always", Set.of(DayOfWeek.FRIDAY), LocalTime.of(0, 0), LocalTime.of(0, 0), 7)};

    /** The first moment at which the clock shows the time; where none does, the change that passed over it. */
    static long moment(ZoneRules rules, LocalDateTime time) {
        List<ZoneOffset> offsets = rules.getValidOffsets(time);
        if (offsets.isEmpty()) return rules.getTransition(time).getInstant().getEpochSecond();
        long first = Long.MAX_VALUE;
        for (ZoneOffset offset : offsets) first = Math.min(first, time.toEpochSecond(offset));
        return first;
    }

    static List<Period> periods(ZoneRules rules, Schedule schedule, LocalDate from, LocalDate to) {
        List<Period> periods = new ArrayList<>();
        for (LocalDate day = from; day.isBefore(to); day = day.plusDays(1)) {
            if (!schedule.days().contains(day.getDayOfWeek())) continue;
            long start = moment(rules, day.atTime(schedule.start()));
            long end = moment(rules, day.plusDays(schedule.endDays()).atTime(schedule.end()));
            if (start < end) periods.add(new Period(start, end));
        }
        return periods;
    }

    static long nominal(Schedule schedule) {
        return schedule.endDays() * 86_400L + schedule.end().toSecondOfDay() - schedule.start().toSecondOfDay();
    }

    static String year(ZoneRules rules, Schedule schedule, int year) {
        List<Period> periods = periods(rules, schedule, LocalDate.of(year, 1, 1), LocalDate.of(year + 1, 1, 1));
        long hash = 0;
        StringBuilder odd = new StringBuilder();
        for (Period period : periods) {
            hash = (hash * 31 + period.start()) % 1_000_000_007L;
            hash = (hash * 31 + period.end()) % 1_000_000_007L;
            long length = period.end() - period.start();
            if (length != nominal(schedule)) odd.append(' ').append(period.start()).append('+').append(length);
        }
        return periods.size() + "," + hash + "," + odd.toString().trim();
    }

    static String moment(List<Period> periods, long now) {
        long before = Long.MIN_VALUE;
        Period next = null;
        for (Period period : periods) {
            if (period.end() <= now) before = period.end();
            else if (next == null) next = period;
        }
        return now + "," + (next.start() <= now) + "," + next.start() + "," + next.end() + "," + before;
    }

    public static void main(String[] arguments) throws Exception {
        Random random = new Random(1);
        long from = Instant.parse(FIRST_YEAR + "-01-01T00:00:00Z").getEpochSecond();
        long to = Instant.parse((LAST_YEAR + 1) + "-01-01T00:00:00Z").getEpochSecond();
        try (PrintWriter years = new PrintWriter("periods.csv"); PrintWriter moments = new PrintWriter("moments.csv")) {
            years.print("zone,schedule,year,periods,hash,odd\n");
            moments.print("zone,schedule,now,open,start,end,before\n");
            for (String zone : ZONES) {
                ZoneRules rules = ZoneId.of(zone).getRules();
                for (Schedule schedule : SCHEDULES) {
                    String head = zone + "," + schedule.name() + ",";
                    for (int year = FIRST_YEAR; year <= LAST_YEAR; year++)
                        years.print(head + year + "," + year(rules, schedule, year) + "\n");
                    List<Period> all = periods(rules, schedule, LocalDate.of(FIRST_YEAR - 1, 12, 1),
                        LocalDate.of(LAST_YEAR + 1, 2, 1));
                    for (int count = 0; count < 20; count++)
                        moments.print(head + moment(all, from + (long) (random.nextDouble() * (to - from))) + "\n");
                    // On the boundaries themselves, and a second before.
                    for (int count = 0; count < 5; count++) {
                        Period period = all.get(40 + random.nextInt(all.size() - 80));
                        moments.print(head + moment(all, period.start()) + "\n");
                        moments.print(head + moment(all, period.end() - 1) + "\n");
                        moments.print(head + moment(all, period.end()) + "\n");
                    }
                }
            }
        }
    }
}
