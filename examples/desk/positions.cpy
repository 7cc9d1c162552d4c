      *----------------------------------------------------------------
      * Overnight positions and limits of the desk. Records of 80 bytes,
      * told apart by REC-TYPE: H first, then L and P, T last.
      *----------------------------------------------------------------
       01  HEADER-RECORD.
           05  REC-TYPE                PIC X(1).
               88  IS-HEADER           VALUE 'H'.
           05  BUSINESS-DATE           PIC 9(8).
           05  DATE-PARTS REDEFINES BUSINESS-DATE.
               10  DATE-YEAR           PIC 9(4).
               10  DATE-MONTH          PIC 9(2).
               10  DATE-DAY            PIC 9(2).
           05  FILE-SEQUENCE           PIC 9(9).
           05  SYSTEM-NAME             PIC X(8)   VALUE 'POSKEEP'.
           05  FILLER                  PIC X(54).
       01  POSITION-RECORD.
           05  REC-TYPE                PIC X(1).
               88  IS-POSITION         VALUE 'P'.
           05  ACCOUNT                 PIC X(12).
           05  SYMBOL                  PIC X(12).
           05  QUANTITY                PIC S9(11)      COMP-3.
           05  AVERAGE-PRICE           PIC S9(7)V9(4)  COMP-3.
           05  MARKED-VALUE            PIC S9(13)V99.
           05  FILLER                  PIC X(28).
       01  LIMIT-RECORD.
           05  REC-TYPE                PIC X(1).
               88  IS-LIMIT            VALUE 'L'.
           05  LIMIT-ACCOUNT           PIC X(12).
           05  MAX-QUANTITY            PIC 9(11)       COMP-3.
           05  MAX-NOTIONAL            PIC 9(11)V99    COMP-3.
           05  MAX-POSITION            PIC 9(11)       COMP-3.
           05  GROSS-NOTIONAL          PIC 9(11)V99    COMP-3.
           05  MESSAGE-RATE            PIC 9(5).
           05  FILLER                  PIC X(36).
       01  TRAILER-RECORD.
           05  REC-TYPE                PIC X(1).
               88  IS-TRAILER          VALUE 'T'.
           05  POSITION-COUNT          PIC 9(9).
           05  LIMIT-COUNT             PIC 9(9).
           05  QUANTITY-TOTAL          PIC S9(17)      COMP-3.
           05  GROSS-TOTAL             PIC 9(16)V99.
           05  FILLER                  PIC X(34).
