CREATE TABLE [dbo].[EmployeeLeave] (
  [LeaveID]       INT IDENTITY(1, 1) NOT NULL PRIMARY KEY,
  [EmployeeID]    INT NOT NULL,
  [LeaveType]     NVARCHAR(20) NOT NULL CHECK ([LeaveType] IN ('annual', 'sick', 'parental', 'unpaid')),
  [StartDate]     DATE NOT NULL,
  [EndDate]       DATE NOT NULL,
  [HalfDay]       BIT NOT NULL DEFAULT 0,
  [ApprovedBy]    INT NULL,
  [ApprovedOn]    DATETIME2 NULL
);

CREATE TABLE [dbo].[GLJournalLine] (
  [JrnlNo]        BIGINT NOT NULL,
  [LineNo]        INT NOT NULL,
  [AcctCd]        VARCHAR(10) NOT NULL,
  [CostCtr]       VARCHAR(8) NULL,
  [DrAmt]         MONEY NULL,
  [CrAmt]         MONEY NULL,
  [FxRate]        DECIMAL(12, 6) NULL,
  [PostPeriod]    CHAR(6) NOT NULL,
  CONSTRAINT [PK_GLJournalLine] PRIMARY KEY ([JrnlNo], [LineNo])
);

CREATE TABLE [lab].[Samples] (
  [SampleBarcode] VARCHAR(24) NOT NULL PRIMARY KEY,
  [PatientRef]    VARCHAR(16) NOT NULL,
  [CollectedAt]   DATETIME2 NOT NULL,
  [TubeType]      VARCHAR(12) NULL,
  [VolumeMl]      DECIMAL(6, 2) NULL,
  [Haemolysed]    BIT NOT NULL DEFAULT 0,
  [FreezerPos]    VARCHAR(10) NULL
);
