       01  TABLES.
           05  LEG-COUNT               PIC 9.
           05  NOTE-COUNT              PIC S9(4) COMP.
           05  SIDE-COUNT              PIC 9(3) COMP-3.
           05  LEGS OCCURS 0 TO 4 TIMES DEPENDING ON LEG-COUNT.
               10  LEG-ID              PIC X(3).
               10  SIDES OCCURS 1 TO 3 TIMES
                   DEPENDING ON SIDE-COUNT INDEXED BY SIDE-INDEX.
                   15  PRICE           PIC S9(5)V99 COMP-3.
                   15  FLAGS OCCURS 2  PIC X.
           05  MIDDLE                  PIC X(4).
           05  NOTES OCCURS 1 TO 2 TIMES DEPENDING ON NOTE-COUNT.
               10  NOTE-TEXT           PIC X(6) JUSTIFIED RIGHT.
               10  NOTE-SIZE           PIC 9(5) COMP-6.
           05  LAST-SUM                PIC S9(7)V99
                                       SIGN IS LEADING SEPARATE.
