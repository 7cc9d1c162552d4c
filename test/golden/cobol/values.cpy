      * Level 78 and CONSTANT, VALUE of every kind, COMP-X and COMP-N.
       78  name-size       value 6.
       78  rows            value 1 + name-size / 2.
       78  greeting        value "Hi".
       78  rate            value -1.25.
       78  stars           value "*" & "-".
       01  counted         constant as 2 + rows * 2.
       01  whole-record.
           05  name            pic x(name-size) value greeting.
           05  starred         pic x(5) value all stars.
           05  quoted          pic x(3) value quotes.
           05  hexadecimal     pic x(4) value x"0a0b".
           05  low             pic x(2) value low-values.
           05  high            pic a(2) value high-values.
           05  right-part      pic x(4) justified right value "ab".
           05  digits          pic 9(4) value 12.
           05  signed-digits   pic s9(counted)v99 value rate.
           05  digits-high     pic 9(4) value high-values.
           05  digits-low      pic s9(4) value low-values.
           05  digits-quote    pic 9(3) value quote.
           05  digits-all      pic 9(5) value all "12".
           05  digits-hex      pic 9(2) value x"4142".
           05  digits-cut      pic 9(3) value 12345.
           05  blank-digits    pic 9(3) blank when zero value zero.
           05  packed          pic s9(5)v9 comp-3 value -12.5.
           05  packed-high     pic s9(4) comp-3 value high-values.
           05  packed-all      pic 9(4) comp-3 value all x"41".
           05  packed-cut      pic s9(3) comp-3 value -12345.
           05  six-high        pic 9(4) comp-6 value high-values.
           05  own             pic s9(9) comp-5 value -7.
           05  own-low         pic s9(4) comp-5 value low-values.
           05  own-high        pic 9(4) comp-5 value high-values.
           05  single-high     comp-1 value high-values.
           05  wide-float      comp-2 value 1.5.
           05  edited          pic z(3)9.99- value -12.5.
           05  edited-comma    pic z,zz9 value 1234.
           05  edited-cut      pic $$9.9 value 1234.56.
           05  edited-text     pic z(3)9 value "  7".
           05  edited-high     pic z(3) value high-values.
           05  edited-zero     pic z(3) value zero.
           05  a-group         value all "+-".
               10  filler      pic x(3).
               10  filler      pic 9(2).
           05  table-part      occurs rows times.
               10  tabled      pic x(2) value "..".
               10  tabled-high pic s9(3) comp-3 value high-values.
           05  x-digits        pic 9(name-size) comp-x value 70000.
           05  x-bytes         pic x(3) comp-x value 70000.
           05  x-high          pic x comp-x value high-values.
       01  natives.
           05  n-digits        pic s9(name-size) comp-n value -70000.
           05  n-bytes         pic x(5) comp-n value 70000.
           05  n-eight         pic x(8) comp-n.
