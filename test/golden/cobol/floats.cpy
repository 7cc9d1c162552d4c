      * Floats as the machine has them (IEEE 754, little-endian).
       01 FLOATS.
          05 SINGLE-NUMBER COMP-1.
          05 DOUBLE-NUMBER COMP-2.
          05 SINGLE-TABLE COMP-1 OCCURS 2.
