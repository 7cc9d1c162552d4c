    10  :tag:-kind      pic x.
        88  :tag:-open      value "O".
        88  :tag:-closed    value "C" thru "E", "X".
    10  :tag:-day       pic 9(8).
    10  :tag:-parts redefines :tag:-day.
        15  :tag:-year  pic 9(4).
        15  :tag:-rest  pic 9(4).
        15  :tag:-month-day redefines :tag:-rest.
            20  :tag:-month pic 99.
            20  :tag:-dom   pic 99.
