           05  :TAG:-PART.
               10  :TAG:-NAME      PIC X(:LEN:).
               10  OLD-:TAG:-LAST  PIC 9(:LEN:) COMP-3.
               10  :TAG:-AMOUNT    PIC S9(7)V99 COMP.
                   88  :TAG:-NONE  VALUE ZERO.
