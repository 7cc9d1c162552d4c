       IDENTIFICATION DIVISION.
       PROGRAM-ID. VALUESP.
      * Writes the records of values.cpy twice: as their VALUEs leave
      * them, and with numbers moved. Argument 1 names the file.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT OUT-FILE ASSIGN TO OUT-NAME
               ORGANIZATION IS SEQUENTIAL.
       DATA DIVISION.
       FILE SECTION.
       FD  OUT-FILE.
       01  OUT-RECORD          PIC X(150).
       WORKING-STORAGE SECTION.
       COPY "values.cpy".
       01  OUT-NAME            PIC X(200).
       PROCEDURE DIVISION.
           ACCEPT OUT-NAME FROM ARGUMENT-VALUE.
           OPEN OUTPUT OUT-FILE.
           WRITE OUT-RECORD FROM WHOLE-RECORD.
           WRITE OUT-RECORD FROM NATIVES.
           INITIALIZE WHOLE-RECORD.
           MOVE "a name" TO NAME.
           MOVE 999999 TO X-DIGITS.
           MOVE 16777215 TO X-BYTES.
           MOVE 255 TO X-HIGH.
           MOVE -999999 TO N-DIGITS.
           MOVE 1099511627775 TO N-BYTES.
           MOVE 1234567890123456789 TO N-EIGHT.
           MOVE -12 TO EDITED.
           WRITE OUT-RECORD FROM WHOLE-RECORD.
           WRITE OUT-RECORD FROM NATIVES.
           CLOSE OUT-FILE.
           STOP RUN.
