       IDENTIFICATION DIVISION.
       PROGRAM-ID. VIEWSP.
      * Writes three records of views.cpy; argument 1 names the file.
      * HELD has a letter for each 88 level that the program finds
      * true, COPIED the bytes of the 66 level OLD-BOTH.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT OUT-FILE ASSIGN TO OUT-NAME
               ORGANIZATION IS SEQUENTIAL.
       DATA DIVISION.
       FILE SECTION.
       FD  OUT-FILE.
      >>SOURCE FORMAT IS FREE
copy "views.cpy".
working-storage section.
01  out-name            pic x(200).
procedure division.
    accept out-name from argument-value.
    open output out-file.
    initialize views.
    move "O" to old-kind. move 20240229 to old-day.
    move "D" to new-kind. move 12 to new-month. move 31 to new-dom. move 1999 to new-year.
    move 99999.99 to amount.
    move -12345678901234567890.123456789012345678 to wide.
    move -99999999999999999999999999999999999999 to wide-packed.
    move 9999999.99 to six. move 255 to small-x. move 1234567890123456789 to long-x.
    move 9999999 to digits-x. move -128 to chars. move 65535 to shorts.
    move -2147483648 to longs. move -9223372036854775808 to doubles.
    move -999999999 to own. set places to 7. move -0.00123 to scaled-left.
    move -123000 to scaled-right. move 0 to blank-zero.
    perform tell. write views.
    move "X" to old-kind. move 19000101 to old-day. move " " to new-kind.
    move -5 to amount. move 1 to wide. move 1 to wide-packed. move 0.01 to six.
    move 1 to small-x. move 127 to chars. move 32768 to shorts.
    move 2147483647 to longs. move 9223372036854775807 to doubles.
    move 999999999 to own. move 0.00999 to scaled-left.
    move 999000 to scaled-right. move 1 to blank-zero.
    perform tell. write views.
    initialize views. move "B" to old-kind.
    perform tell. write views.
    close out-file.
    stop run.
tell.
    move spaces to held.
    if old-open move "O" to held(1:1).
    if old-closed move "C" to held(2:1).
    if new-open move "o" to held(3:1).
    if new-closed move "c" to held(4:1).
    if amount-none move "N" to held(5:1).
    if amount-large move "L" to held(6:1).
    move old-both to copied.
