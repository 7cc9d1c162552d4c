       01  OVERPUNCH.
           05  TEXT-PART.
               10  PLUS-NUMBER     PIC S9(5)V99.
               10  MINUS-NUMBER    PIC S9(5)V99.
               10  LEAD-NUMBER     PIC S9(4) SIGN LEADING.
               10  SEPARATE-NUMBER PIC S9(4) SIGN TRAILING SEPARATE.
               10  NAME-TEXT       PIC X(10).
           05  PACKED-NUMBER       PIC S9(5)V9(2) COMP-3.
           05  HALF-NUMBER         PIC S9(4) COMP.
