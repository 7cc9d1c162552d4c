       01  TRADE-RECORD.
           05  RECORD-KIND       PIC X(2).
           05  TRADE-ID          PIC X(16).
           05  ACCOUNT           PIC X(10).
           05  SYMBOL            PIC X(12).
           05  TRADE-DATE        PIC 9(8).
           05  SETTLE-DATE       PIC 9(8).
           05  TRADE-NUMBER      PIC 9(10).
           05  BRANCH            PIC 9(4).
           05  ADJUSTMENT        PIC S9(7)V99.
           05  DELTA-QUANTITY    PIC S9(9).
           05  DESK-ID           PIC S9(4)       COMP.
           05  BOOK-ID           PIC S9(9)       COMP.
           05  VERSION-ID        PIC S9(18)      COMP.
           05  QUANTITY          PIC S9(9)V99    COMP-3.
           05  PRICE             PIC S9(7)V9(4)  COMP-3.
           05  GROSS-AMOUNT      PIC S9(13)V99   COMP-3.
           05  NET-AMOUNT        PIC S9(15)V99   COMP-3.
           05  COMMISSION        PIC S9(7)V99    COMP-3.
           05  TAX               PIC S9(7)V99    COMP-3.
           05  FEE               PIC S9(5)V99    COMP-3.
           05  ACCRUED           PIC S9(9)V99    COMP-3.
           05  FX-RATE           PIC S9(5)V9(6)  COMP-3.
           05  MARGIN-AMOUNT     PIC S9(13)V99   COMP-3.
           05  COLLATERAL        PIC S9(13)V99   COMP-3.
           05  EXPOSURE          PIC S9(15)V99   COMP-3.
           05  PROFIT            PIC S9(13)V99   COMP-3.
           05  LEG-AMOUNT        PIC S9(5)V99    COMP-3 OCCURS 5 TIMES.
           05  TRADER            PIC X(8).
           05  STATUS-CODE       PIC X(8).
