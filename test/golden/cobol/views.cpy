*> In free format, its parts copied with other names.
01  views.
    05  first-part.
    copy "views-part.cpy" replacing ==:tag:== by ==old==.
    05  second-part.
    copy "views-part.cpy" replacing ==:tag:== by ==new==.
    05  amount          pic s9(5)v99 comp-3.
        88  amount-none     value zero.
        88  amount-large    values are 1000 thru 99999.99, -5.
    05  wide            pic s9(20)v9(18).   *> 38 digits
    05  wide-packed     pic s9(38) comp-3.
    05  six             pic 9(7)v99 comp-6.
    05  small-x         pic x comp-x.
    05  long-x          pic x(8) comp-x.
    05  digits-x        pic 9(7) comp-x.
    05  chars           binary-char.
    05  shorts          binary-short unsigned.
    05  longs           binary-long.
    05  doubles         binary-double.
    05  own             pic s9(9) comp-5.
    05  places          index.
    05  scaled-left     pic svpp9(3).
    05  scaled-right    pic s9(3)ppp.
    05  blank-zero      pic 9(4) blank when zero.
    05  held            pic x(6).   *> what the program finds true
    05  copied          pic x(9).   *> what the program moves of old-both
    66  old-both renames old-kind thru old-parts.
    66  sums renames amount.
