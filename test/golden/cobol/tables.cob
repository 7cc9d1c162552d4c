       IDENTIFICATION DIVISION.
       PROGRAM-ID. TABLESP.
      * Writes four records of tables.cpy, RECORD VARYING; argument 1
      * names the file. Compiled with -fodoslide: what follows a
      * table with DEPENDING ON slides, as on the mainframe.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT OUT-FILE ASSIGN TO OUT-NAME
               ORGANIZATION IS SEQUENTIAL.
       DATA DIVISION.
       FILE SECTION.
       FD  OUT-FILE RECORD IS VARYING.
       COPY "tables.cpy".
       WORKING-STORAGE SECTION.
       01  OUT-NAME                PIC X(200).
       01  I                       PIC 9(2).
       01  J                       PIC 9(2).
       01  N                       PIC 9(2).
       PROCEDURE DIVISION.
           ACCEPT OUT-NAME FROM ARGUMENT-VALUE.
           OPEN OUTPUT OUT-FILE.
           MOVE 0 TO N.
           MOVE 0 TO LEG-COUNT. MOVE 1 TO NOTE-COUNT.
           MOVE 1 TO SIDE-COUNT. PERFORM FILL-REST.
           MOVE 1 TO LEG-COUNT. MOVE 2 TO NOTE-COUNT.
           MOVE 2 TO SIDE-COUNT. PERFORM FILL-REST.
           MOVE 4 TO LEG-COUNT. MOVE 2 TO NOTE-COUNT.
           MOVE 3 TO SIDE-COUNT. PERFORM FILL-REST.
           MOVE 2 TO LEG-COUNT. MOVE 1 TO NOTE-COUNT.
           MOVE 1 TO SIDE-COUNT. PERFORM FILL-REST.
           CLOSE OUT-FILE.
           STOP RUN.
       FILL-REST.
           ADD 1 TO N.
           PERFORM FILL-LEG VARYING I FROM 1 BY 1
               UNTIL I > LEG-COUNT.
           MOVE "MID." TO MIDDLE.
           PERFORM FILL-NOTE VARYING I FROM 1 BY 1
               UNTIL I > NOTE-COUNT.
           COMPUTE LAST-SUM = N * -1000.25.
           WRITE TABLES.
       FILL-LEG.
           MOVE "L" TO LEG-ID (I).
           MOVE I TO LEG-ID (I) (2:2).
           PERFORM FILL-SIDE VARYING J FROM 1 BY 1
               UNTIL J > SIDE-COUNT.
       FILL-SIDE.
           COMPUTE PRICE (I J) = (I * 100 + J) * -1.01.
           MOVE "B" TO FLAGS (I J 1).
           MOVE J (2:1) TO FLAGS (I J 2).
       FILL-NOTE.
           MOVE "NOTE" TO NOTE-TEXT (I).
           COMPUTE NOTE-SIZE (I) = 12340 + I.
