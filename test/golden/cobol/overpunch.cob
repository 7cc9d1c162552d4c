       IDENTIFICATION DIVISION.
       PROGRAM-ID. OVERPUN.
      * Writes two EBCDIC records of overpunch.cpy; argument 1 names the
      * file. Compiled with -fsign=EBCDIC, so that signs are the letters
      * {ABCDEFGHI and }JKLMNOPQR; DISPLAY and X items are then turned
      * into the EBCDIC code points of their characters. Binary and
      * packed items are not touched.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT OUT-FILE ASSIGN TO OUT-NAME
               ORGANIZATION IS SEQUENTIAL.
       DATA DIVISION.
       FILE SECTION.
       FD  OUT-FILE.
       COPY "overpunch.cpy".
       WORKING-STORAGE SECTION.
       01  OUT-NAME                PIC X(200).
       01  ASCII-SET               PIC X(41) VALUE
           "0123456789{ABCDEFGHI}JKLMNOPQRSTUVWXYZ+- ".
       01  EBCDIC-SET.
           05  PIC X(10) VALUE X"F0F1F2F3F4F5F6F7F8F9".
           05  PIC X(10) VALUE X"C0C1C2C3C4C5C6C7C8C9".
           05  PIC X(10) VALUE X"D0D1D2D3D4D5D6D7D8D9".
           05  PIC X(11) VALUE X"E2E3E4E5E6E7E8E94E6040".
       PROCEDURE DIVISION.
           ACCEPT OUT-NAME FROM ARGUMENT-VALUE.
           OPEN OUTPUT OUT-FILE.
           MOVE 12345.67 TO PLUS-NUMBER.
           MOVE -12.00 TO MINUS-NUMBER.
           MOVE -1234 TO LEAD-NUMBER.
           MOVE -987 TO SEPARATE-NUMBER.
           MOVE "SMITH JR" TO NAME-TEXT.
           MOVE -123.45 TO PACKED-NUMBER.
           MOVE -2 TO HALF-NUMBER.
           PERFORM WRITE-RECORD.
           MOVE ZERO TO PLUS-NUMBER.
           MOVE -0.09 TO MINUS-NUMBER.
           MOVE 9 TO LEAD-NUMBER.
           MOVE 1 TO SEPARATE-NUMBER.
           MOVE SPACES TO NAME-TEXT.
           MOVE 99999.99 TO PACKED-NUMBER.
           MOVE 9999 TO HALF-NUMBER.
           PERFORM WRITE-RECORD.
           CLOSE OUT-FILE.
           STOP RUN.
       WRITE-RECORD.
           INSPECT TEXT-PART CONVERTING ASCII-SET TO EBCDIC-SET.
           WRITE OVERPUNCH.
