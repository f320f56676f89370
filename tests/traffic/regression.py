r"""The script of the run with the most steps: six rounds of code interpreter and message, in YAML block texts.

One of the inputs came with `\r\n`, the others with `\n`; the recording does not have the texts of the messages.
"""

REGRESSION = r"""
runs:
  - poll: [in_progress]
    steps:
      - code_interpreter: |-
          import pandas as pd

          # Let's read the uploaded file to check its contents.
          file_path = '/mnt/data/file-FfZ1PFuD5rC4VKXMTRhyRX'
          data = pd.read_csv(file_path)

          # Display the first few rows of the data
          data.head()
      - reply: That did not work.
      - code_interpreter: |-
          # Trying to read the file using Excel file format.
          try:
              data = pd.read_excel(file_path)
          except Exception as e:
              data = str(e)

          data
      - reply: It is not a spreadsheet.
      - code_interpreter: |-
          # Attempt to read the file as a text file to inspect its contents.
          with open(file_path, 'r') as file:
              lines = file.readlines()

          # Display the first few lines of the file to understand its structure
          lines[:10]
      - reply: Some lines have a comma too many.
      - code_interpreter: |-
          from io import StringIO

          # Correct the formatting by removing the extra comma in problematic lines
          corrected_lines = [line if line.count(',') == 1 else line.replace(',,', ',') for line in lines]
          corrected_data = StringIO(''.join(corrected_lines))

          # Read the corrected data into a DataFrame
          data = pd.read_csv(corrected_data)

          # Display the cleaned data
          data
      - reply: Not all of them are mended.
      - code_interpreter: "# Correct lines that have more than two commas by splitting and taking only the first two\
          \ elements\r\ncorrected_lines_alternative = []\r\nfor line in lines:\r\n    parts = line.strip().split(',')\
          \r\n    # Ensure only two elements per line\r\n    if len(parts) > 2:\r\n        parts = parts[:2]  # Take only\
          \ the first two elements\r\n    corrected_lines_alternative.append(','.join(parts))\r\n\r\n# Convert corrected\
          \ lines to a DataFrame\r\ncorrected_data_alternative = StringIO('\\n'.join(corrected_lines_alternative))\r\n\
          data = pd.read_csv(corrected_data_alternative)\r\n\r\n# Display the cleaned data\r\ndata"
      - reply: Now for the regression.
      - code_interpreter:
          input: |-
            import numpy as np
            import matplotlib.pyplot as plt
            from sklearn.linear_model import LinearRegression
            from sklearn.metrics import r2_score

            # Preparing the data for linear regression
            X = data[['x']].values
            y = data['y'].values

            # Creating a linear regression model
            model = LinearRegression()
            model.fit(X, y)

            # Predicting the y values using the linear model
            y_pred = model.predict(X)

            # Calculating the coefficient of correlation (R)
            r_squared = r2_score(y, y_pred)
            r = np.sqrt(r_squared)

            # Plotting the data points and the linear regression line
            plt.scatter(data['x'], data['y'], color='blue', label='Data Points')
            plt.plot(data['x'], y_pred, color='red', label='Regression Line')
            plt.xlabel('x')
            plt.ylabel('y')
            plt.title('Linear Regression')
            plt.legend()
            plt.show()

            # Output the R value
            r
          images: [file-TEzYYqVu4gtxS4hvLGYGeM]
      - reply: This is the line.
"""
