      * One record with every kind of item whose place GnuCOBOL and IBM
      * agree on; its parts come by COPY.
       01  LAYOUTS.
           05  COUNT-1             PIC 9.
           05  COUNT-2             PIC 9(3) COMP-3.
           COPY layouts-part REPLACING ==:TAG:== BY ==ONE==
                                       ==:LEN:== BY ==7==.
           COPY "layouts-part" REPLACING ==:TAG:== BY ==TWO==
                                         ==:LEN:== BY ==12==
                                         LEADING ==OLD-== BY ==NEW-==.
           05  SLACK-ITEMS.
               10  S-0             PIC X.
               10  S-1             PIC S9(4) COMP SYNC.
               10  S-2             PIC X.
               10  S-3             PIC S9(9) COMP SYNC RIGHT.
               10  S-4             PIC X.
               10  S-16            PIC 9(2) COMP.
               10  S-5             PIC S9(18) COMP SYNC LEFT.
               10  S-6             PIC X.
               10  S-7             COMP-1 SYNC.
               10  S-8             PIC X.
               10  S-9             COMP-2 SYNC.
               10  S-10            PIC X.
               10  S-11            USAGE INDEX SYNC.
               10  S-12            PIC X.
               10  S-13            PIC S9(9) COMP-5 SYNC OCCURS 3.
               10  S-14            PIC S9(5) COMP-3 SYNC.
               10  S-15            PIC S9(5) SYNC.
           05  PICTURES.
               10  P-1             PIC Z(3),ZZ9.99CR.
               10  P-2             PIC $$$,$$9.99-.
               10  P-3             PIC +++,+++.
               10  P-4             PIC -$9(3).99.
               10  P-5             PIC $**,***.**DB.
               10  P-6             PIC 99/99/9999.
               10  P-7             PIC X(2)BX/A0.
               10  P-8             PIC ZZ9V99.
               10  P-9             PIC ZZPP.
               10  P-10            PIC VPP9B9.
               10  P-11            PIC 9(3)PP COMP-3.
               10  P-12            PIC VP(3)9(5) COMP.
               10  P-13            PIC S9(5)V99 SIGN LEADING SEPARATE.
               10  P-14            PIC 9(4) COMP-6.
               10  P-15            PIC N(5).
               10  P-16            PIC A(3).
           05  VIEWS               PIC X(24).
           05  VIEW-1 REDEFINES VIEWS.
               10  V-1             PIC S9(9) COMP.
               10  V-2             PIC X(3) OCCURS 2.
               10  V-3 REDEFINES V-2 PIC 9(2).
               10  V-4             PIC 9(2).
           05  VIEW-2 REDEFINES VIEWS.
               10  V-5             COMP-2.
               10  V-6             BINARY-LONG UNSIGNED.
               10  V-7             BINARY-SHORT.
               10  V-8             PIC 9(7) COMP-X.
               10  V-9             PIC X(2) COMP-X.
           05  TABLES.
               10  T-1             OCCURS 2.
                   15  T-2         OCCURS 3 INDEXED BY I.
                       20  T-3     PIC 9(3).
                       20  T-4     PIC S9(3) COMP-3.
                   15  T-5         PIC X.
           05  T-6                 OCCURS 1 TO 5 DEPENDING ON COUNT-1.
               10  T-7             PIC X(2).
               10  T-8             PIC S9(4) COMP.
       66  R-1 RENAMES S-1 THRU S-3.
